import * as vscode from 'vscode';
import type { AnnotationProblem } from '../../server/protocol/index.js';

/** A problem's severity in the editor's terms. */
export function severityOf(severity: AnnotationProblem['severity']): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'information':
      return vscode.DiagnosticSeverity.Information;
  }
}
