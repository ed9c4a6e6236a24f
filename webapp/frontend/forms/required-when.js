// `properties.required_when` of a field (docs/forms.md): FEEL that makes it required; form-js itself knows only always or never.
import { buildExpressionContext } from '@bpmn-io/form-js-viewer';

const isEmpty = (value) => value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);

function extend(validator, formFieldRegistry, expressionLanguage, translate) {
  const check = validator.validateFieldInstance.bind(validator);
  validator.validateFieldInstance = (instance, value) => {
    const errors = check(instance, value);
    const when = formFieldRegistry.get(instance.id)?.properties?.required_when;
    if (!when || errors.length || !isEmpty(value)) return errors;
    const asked = expressionLanguage.evaluate(when, buildExpressionContext(instance.expressionContextInfo));
    return asked === true ? [translate('Field is required.')] : errors;
  };
}
extend.$inject = ['validator', 'formFieldRegistry', 'expressionLanguage', 'translate'];

/** form-js module. */
export const requiredWhenModule = { __init__: ['requiredWhen'], requiredWhen: ['type', extend] };
