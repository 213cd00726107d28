;; Products of one question with many rows of 8-bit numbers. dotKernel.ts holds it assembled: node makeDotKernel.mjs.
(module
  (import "videochat" "memory" (memory 1))
  ;; question: width 16-bit numbers; rows: count × width 8-bit numbers; sums: count 32-bit numbers. All at multiples
  ;; of 16 bytes, width a multiple of 16.
  (func (export "dots") (param $question i32) (param $rows i32) (param $sums i32) (param $count i32) (param $width i32)
    (local $end i32) (local $q i32) (local $sum v128) (local $row v128)
    (loop $next
      (if (i32.eqz (local.get $count)) (then return))
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $q (local.get $question))
      (local.set $end (i32.add (local.get $rows) (local.get $width)))
      (loop $more
        (local.set $row (v128.load (local.get $rows)))
        (local.set $sum
          (i32x4.add
            (local.get $sum)
            (i32x4.add
              (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $row)) (v128.load (local.get $q)))
              (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $row)) (v128.load offset=16 (local.get $q))))))
        (local.set $q (i32.add (local.get $q) (i32.const 32)))
        (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
        (br_if $more (i32.lt_u (local.get $rows) (local.get $end))))
      (i32.store
        (local.get $sums)
        (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
          (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 4)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))
