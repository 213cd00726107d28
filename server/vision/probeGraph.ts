/**
 * ONNX graph, base64: `y = tanh(tanh(tanh(tanh(x·x)·x)·x)·x)`, `x` and `y` [n,n].
 * Made by test/fixtures/tinyEncoder.py.
 */
export const probeGraph =
  'CAg6xwEKEgoBeAoBeBICbTAiBk1hdE11bAoOCgJtMBICdDEiBFRhbmgKEwoCdDEKAXgSAm0xIgZNYXRNdWwKDgoCbTESAnQyIgRUYW5oChMKAnQyCgF4EgJtMiIGTWF0TXVsCg4KAm0yEgJ0MyIEVGFuaAoTCgJ0MwoBeBICbTMiBk1hdE11bAoNCgJtMxIBeSIEVGFuaBIFcHJvYmVaFQoBeBIQCg4IARIKCgMSAW4KAxIBbmIVCgF5EhAKDggBEgoKAxIBbgoDEgFuQgQKABAR';
