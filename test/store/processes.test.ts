import { testProcesses } from './contract-processes.ts';
import { makeSqlitePlace } from './place.ts';

testProcesses('sqlite', makeSqlitePlace);
