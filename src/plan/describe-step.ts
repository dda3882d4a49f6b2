export {describeStep} from '../text/describe-step.js';
