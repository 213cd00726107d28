// Speaks a protocol of the future.
import { serve } from './fakeProtocol.mjs';

serve({ initialize: () => ({ protocolVersion: '2.0', server: { name: 'fake', version: '9' }, capabilities: {} }) });
