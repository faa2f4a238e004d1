import { createSqlitePlace } from '../../support/store/sqlite.ts';
import { testProcesses } from '../contract/processes.ts';

testProcesses('sqlite', createSqlitePlace);
