import { droppedUris, uriTypes } from '../text/droppedUris.js';

export interface FileDropParts {
  hover(hovering: boolean): void;
  /** Without URIs: what was dropped has no address that the host could open. */
  drop(uris: string[]): void;
}

/** Takes files that are dropped anywhere on the page. */
export class FileDrop {
  readonly #target: EventTarget;
  readonly #listeners: [string, (event: DragEvent) => void][];
  #depth = 0;

  constructor(target: EventTarget, parts: FileDropParts) {
    const carriesFiles = (event: DragEvent): boolean =>
      [...(event.dataTransfer?.types ?? [])].some((type) => type === 'Files' || (uriTypes as readonly string[]).includes(type));
    const end = (): void => {
      this.#depth = 0;
      parts.hover(false);
    };
    this.#target = target;
    this.#listeners = [
      ['dragenter', (event) => {
        if (carriesFiles(event)) {
          event.preventDefault();
          this.#depth++;
          parts.hover(true);
        }
      }],
      ['dragover', (event) => {
        if (carriesFiles(event)) {
          event.preventDefault();
          if (event.dataTransfer) {
            event.dataTransfer.dropEffect = 'copy';
          }
        }
      }],
      ['dragleave', () => {
        if (--this.#depth <= 0) {
          end();
        }
      }],
      ['drop', (event) => {
        const here = carriesFiles(event);
        end();
        if (here && event.dataTransfer) {
          event.preventDefault();
          parts.drop(droppedUris(event.dataTransfer));
        }
      }],
    ];
    for (const [type, listener] of this.#listeners) {
      target.addEventListener(type, listener as EventListener);
    }
  }

  dispose(): void {
    for (const [type, listener] of this.#listeners) {
      this.#target.removeEventListener(type, listener as EventListener);
    }
  }
}
