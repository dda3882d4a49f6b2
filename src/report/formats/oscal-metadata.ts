import type {Report} from '../../model/report.js';
import {uuidOf} from './identity.js';
import {line, prop, toolUuid} from './oscal-words.js';

/** Of every OSCAL document a report makes. */
export function metadata(report: Report, title = report.title): object {
  const author = report.generatedBy;
  const party = uuidOf('party', author ?? '');
  return {
    title: line(title),
    'last-modified': report.generatedAt,
    version: report.generatedAt,
    'oscal-version': '1.2.1',
    props: [prop('tool-version', report.tool.version)],
    ...(author === undefined
      ? {}
      : {
          roles: [{id: 'assessor', title: 'Who ran the assessment'}],
          parties: [{uuid: party, type: 'person', name: line(author)}],
          'responsible-parties': [{'role-id': 'assessor', 'party-uuids': [party]}],
        }),
  };
}

/** What assesses: this program, on the controller. */
export const assessmentAssets = (report: Report): object => ({
  components: [
    {
      uuid: toolUuid,
      type: 'software',
      title: 'zbufctl',
      description: 'Reads the state of packet captures over SSH and judges it by rules.',
      props: [prop('version', report.tool.version)],
      status: {state: 'operational'},
    },
  ],
  'assessment-platforms': [
    {
      uuid: uuidOf('platform', report.tool.name),
      title: 'The controller zbufctl ran on',
      'uses-components': [{'component-uuid': toolUuid}],
    },
  ],
});
