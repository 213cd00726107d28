const asIs = (who) => `IN NO EVENT SHALL ${who} BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN
ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER
DEALINGS IN THE SOFTWARE.`;

/** The words of licences, for packages that name one and bring no text. */
const texts = {
  MIT: `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. ${asIs('THE AUTHORS OR COPYRIGHT HOLDERS')}`,
  ISC: `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`,
  'BSD-3-Clause': `Redistribution and use in source and binary forms, with or without modification, are permitted provided
that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote
   products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN
CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`,
};

/** Whose work it is, where a package's author is a person who only published it. */
const holders = [
  [/^onnxruntime-/, 'Microsoft Corporation'],
  [/^@vscode\//, 'Microsoft Corporation'],
  [/^@lit-labs\//, 'Google LLC'],
];

/** What is inside native packages that are not ours or npm's to list. */
export const insideNativePackages = [
  `llama.cpp and ggml (MIT), inside @node-llama-cpp\n${'-'.repeat(72)}\nCopyright (c) The ggml authors\n\n${texts.MIT}\n`,
  `Parts of ONNX Runtime by others\n${'-'.repeat(72)}
The library inside onnxruntime-node holds software of its own third parties. Their notices are those of its release:
https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt\n`,
];

/**
 * The text of a licence for a package that brings none.
 *
 * @param {{ name: string, license?: string, author?: string | { name?: string } }} manifest
 * @throws Error if its words are not known here: the text must then be added before the package may be passed on
 */
export function licenceText({ name, license, author }) {
  const words = texts[license];
  if (words === undefined) {
    throw new Error(`${name} (${license}) brings no text of its licence, and server/setup/packaging/licenceTexts.mjs has none.`);
  }
  const written = (typeof author === 'string' ? author : author?.name)?.replace(/\s*[<(].*$/, '');
  const holder = holders.find(([pattern]) => pattern.test(name))?.[1] ?? (written || `the authors of ${name}`);
  return `Copyright (c) ${holder}\n\n${words}`;
}
