import { type XmlDocument, xmlElement } from '../xml/xmlNode.js';

const types: Readonly<Record<string, string>> = { mp4: 'video/mp4', m4v: 'video/mp4', mov: 'video/quicktime', webm: 'video/webm', mpg: 'video/mpeg', mpeg: 'video/mpeg', avi: 'video/x-msvideo' };

/** An EAF 3.0 document without annotations. */
export function emptyElan(clip: string): XmlDocument {
  const name = clip.slice(clip.lastIndexOf('/') + 1);
  const type = types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'video/*';
  const address = encodeURI(name).replace(/[?#]/g, encodeURIComponent);
  return {
    declaration: [['version', '1.0'], ['encoding', 'UTF-8']],
    before: [],
    after: [],
    root: xmlElement(
      'ANNOTATION_DOCUMENT',
      {
        AUTHOR: '',
        DATE: '1970-01-01T00:00:00+00:00',
        FORMAT: '3.0',
        VERSION: '3.0',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
        'xsi:noNamespaceSchemaLocation': 'http://www.mpi.nl/tools/elan/EAFv3.0.xsd',
      },
      [
        xmlElement('HEADER', { MEDIA_FILE: '', TIME_UNITS: 'milliseconds' }, [
          xmlElement('MEDIA_DESCRIPTOR', { MEDIA_URL: `./${address}`, MIME_TYPE: type, RELATIVE_MEDIA_URL: `./${address}` }),
          xmlElement('PROPERTY', { NAME: 'lastUsedAnnotationId' }, ['0']),
        ]),
        xmlElement('TIME_ORDER', {}),
        xmlElement('LINGUISTIC_TYPE', { GRAPHIC_REFERENCES: 'false', LINGUISTIC_TYPE_ID: 'default-lt', TIME_ALIGNABLE: 'true' }),
        ...['Time_Subdivision', 'Symbolic_Subdivision', 'Symbolic_Association', 'Included_In'].map((constraint) =>
          xmlElement('CONSTRAINT', { DESCRIPTION: descriptions[constraint] ?? '', STEREOTYPE: constraint }),
        ),
      ],
    ),
  };
}

const descriptions: Readonly<Record<string, string>> = {
  Time_Subdivision: "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval",
  Symbolic_Subdivision: 'Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered',
  Symbolic_Association: '1-1 association with a parent annotation',
  Included_In: "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
};
