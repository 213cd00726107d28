import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import { fromPlain } from '../json/plainJson.js';

/** What stands around the metadata of a VIA 3 project, and how to look up in it. */
export class Via3Project {
  private readonly before: JsonObject;
  private readonly after: JsonObject;
  private readonly inside: Json | undefined;
  private readonly viewOfName = new Map<string, string>();
  private readonly nameOfView = new Map<string, string>();

  /** @param plain a container's frame; undefined: a new project */
  constructor(plain: unknown) {
    const frame = plain === undefined ? undefined : fromPlain(plain);
    const told = isJsonObject(frame) ? frame : undefined;
    this.before = objectIn(told, 'before') ?? newProject();
    this.after = objectIn(told, 'after') ?? (told ? new Map<string, Json>() : new Map<string, Json>([['view', new Map<string, Json>()]]));
    this.inside = told?.get('inside');
    const files = this.part('file');
    for (const [vid, view] of this.part('view') ?? []) {
      const ids = isJsonObject(view) ? view.get('fid_list') : undefined;
      const name = nameOf(files?.get(textOf(Array.isArray(ids) ? ids[0] : undefined)));
      if (name !== undefined) {
        this.nameOfView.set(vid, name);
        this.viewOfName.set(name, this.viewOfName.get(name) ?? vid);
      }
    }
  }

  /** What a view shows first: its source, else the name of its file. */
  clipOfView(vid: string): string | undefined {
    return this.nameOfView.get(vid);
  }

  /** The attribute that says what a stretch of time shows: the first of a fitting kind. */
  timeAttribute(): { id: string; options: ReadonlyMap<string, string> } | undefined {
    const attributes = [...(this.part('attribute') ?? [])];
    const found = attributes.find((each) => anchorOf(each).startsWith('FILE1_Z2')) ?? attributes.find((each) => /_Z[2-9]/.test(anchorOf(each)));
    const options = found && isJsonObject(found[1]) ? found[1].get('options') : undefined;
    return found && { id: found[0], options: new Map(isJsonObject(options) ? [...options].flatMap(([id, text]) => (typeof text === 'string' ? [[id, text] as const] : [])) : []) };
  }

  /** An entry `[key, value, clip]` of a clip without view gets one. */
  settle(entry: Json): Json {
    if (!Array.isArray(entry) || typeof entry[2] !== 'string' || !isJsonObject(entry[1])) {
      return entry;
    }
    const vid = this.viewOfName.get(entry[2]) ?? this.addClip(entry[2]);
    return [`${vid}_${textOf(entry[0])}`, new Map<string, Json>([...entry[1], ['vid', vid]])];
  }

  frame(): Json {
    return jsonObject({ inside: this.inside ?? 'members', before: this.before, after: this.after });
  }

  private addClip(name: string): string {
    const files = this.ensured('file', this.before);
    const views = this.ensured('view', this.after);
    const id = String([...files.keys(), ...views.keys()].reduce((most, key) => Math.max(most, Number(key) || 0), 0) + 1);
    files.set(id, jsonObject({ fid: id, fname: name.slice(name.lastIndexOf('/') + 1), type: 4, loc: 1, src: name }));
    views.set(id, jsonObject({ fid_list: [id] }));
    const project = this.part('project');
    const ids = project?.get('vid_list');
    project?.set('vid_list', [...(Array.isArray(ids) ? ids : []), id]);
    this.viewOfName.set(name, id);
    return id;
  }

  private part(name: string): JsonObject | undefined {
    return objectIn(this.before, name) ?? objectIn(this.after, name);
  }

  private ensured(name: string, where: JsonObject): JsonObject {
    const found = this.part(name);
    const made = found ?? new Map<string, Json>();
    if (!found) {
      where.set(name, made);
    }
    return made;
  }
}

function objectIn(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const found = parent?.get(key);
  return isJsonObject(found) ? found : undefined;
}

function nameOf(file: Json | undefined): string | undefined {
  const texts = isJsonObject(file) ? [file.get('src'), file.get('fname')] : [];
  return texts.find((text): text is string => typeof text === 'string' && text !== '' && !/^(?:blob|data):/.test(text));
}

/** Ids are numbers or texts. */
function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : String(jsonNumber(value) ?? '');
}

function anchorOf([, attribute]: [string, Json]): string {
  return isJsonObject(attribute) ? textOf(attribute.get('anchor_id')) : '';
}

function newProject(): JsonObject {
  const empty = (): JsonObject => new Map<string, Json>();
  return jsonObject({
    project: jsonObject({ pid: '__VIA_PROJECT_ID__', rev: '__VIA_PROJECT_REV_ID__', rev_timestamp: '__VIA_PROJECT_REV_TIMESTAMP__', pname: 'VideoChat', data_format_version: '3.1.1', vid_list: [] }),
    config: jsonObject({ file: jsonObject({ loc_prefix: jsonObject({ 1: '', 2: '', 3: '', 4: '' }) }), ui: jsonObject({ file_content_align: 'center', file_metadata_editor_visible: true, spatial_metadata_editor_visible: true }) }),
    attribute: jsonObject({ 1: jsonObject({ aname: 'TEMPORAL-SEGMENTS', anchor_id: 'FILE1_Z2_XY0', type: 4, desc: 'What is shown', options: empty(), default_option_id: '' }) }),
    file: empty(),
  });
}
