import { useStrings } from './strings.js';

useStrings(undefined);
