import { translations } from '../shared/translations.js';
import './app.js';
import { useStrings } from './strings.js';

// The elements are there by now, but draw only after this script has ended.
useStrings(translations());
