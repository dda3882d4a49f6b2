import {expect, test} from 'vitest';

import {xmlTag, xmlText} from '../../src/text/xml.js';

test.each([
  ['a <b> & "c"', 'a &lt;b&gt; &amp; "c"'],
  // What looks like an entity is a text that a host sent: an unknown one would end the document.
  ['&nbsp; &lt; &#60;', '&amp;nbsp; &amp;lt; &amp;#60;'],
  [']]>', ']]&gt;'],
  ['\ufffe\uffff', '\\u{fffe}\\u{ffff}'],
  ['höst\n', 'höst\n'],
])('%j in an element', (text, written) => {
  expect(xmlText(text)).toBe(written);
});

test('an attribute ends where its quotes do', () => {
  expect(xmlTag('a', [['b', '" c="&amp;']])).toBe('<a b="&quot; c=&quot;&amp;amp;"');
});
