import { translations } from '../shared/translations.js';
import './app.js';
import { useTexts } from './texts.js';

// The elements are there by now, but draw only after this script has ended.
useTexts(translations());
