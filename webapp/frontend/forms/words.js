// form-js speaks English; this is its Chinese, as its `translate` service wants it, and the two literals that it forgot.
const zh = {
  'Add new': '添加一项',
  'All values selected': '已全部选择',
  'Click to remove sorting': '取消排序',
  'Click to sort by {value} ascending': '按“{value}”升序',
  'Click to sort by {value} descending': '按“{value}”降序',
  Collapse: '收起',
  'Date and time must both be entered.': '请同时填写日期和时间。',
  Decrement: '减少',
  'Document reference is not defined.': '没有指定文件。',
  'Download {fileName}': '下载 {fileName}',
  'Expand all ({value})': '全部展开（{value}）',
  "External content couldn't be loaded.": '外部内容无法加载。',
  'Field is required.': '请填写此项。',
  'Field must be a valid email.': '请填写正确的电子邮箱，例如 name@example.cn。',
  'Field must be a valid international phone number. (e.g. +4930664040900)': '请填写带国家代码的电话号码，例如 +8613800000001。',
  'Field must have maximum length of {value}.': '最多 {value} 个字。',
  'Field must have maximum value of {value}.': '不能大于 {value}。',
  'Field must have minimum length of {value}.': '至少 {value} 个字。',
  'Field must have minimum value of {value}.': '不能小于 {value}。',
  'Field must match pattern {value}.': '格式不对（应为 {value}）。',
  Increment: '增加',
  'Max validation value is not a valid number.': '表单中设定的最大值不是数字。',
  'Min validation value is not a valid number.': '表单中设定的最小值不是数字。',
  'Next page': '下一页',
  'No content to show.': '没有可显示的内容。',
  'No files selected': '未选择文件',
  'No results': '没有符合的选项',
  'Nothing to show.': '没有可显示的内容。',
  'Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}.': '请填写允许的值，最接近的是 {previousValue} 和 {nextValue}。',
  'Previous page': '上一页',
  'Remove tag': '去掉这一项',
  Search: '输入名称查找',
  Select: '请选择',
  'Skip to search': '跳到查找框',
  'Unable to download document': '文件无法下载',
  'Value is expected to be an integer.': '请填写整数。',
  'Value is expected to have at most 1 decimal digit.': '最多一位小数。',
  'Value is expected to have at most {value} decimal digits.': '最多 {value} 位小数。',
  'Value is not a number.': '请填写数字。',
  "binding path '{value}' is already claimed": '字段“{value}”重复',
  '{page} of {total}': '第 {page} 页，共 {total} 页',
  '{value} files selected': '已选择 {value} 个文件',
};

const en = { Search: 'Type a name to search', Select: 'Choose' };

/** The texts that form-js may show, for a test that none is missing. */
export const known = Object.keys(zh);

/**
 * @param {'zh'|'en'} lang
 * @returns {(template: string, replacements?: Record<string, unknown>) => string}
 */
export function translator(lang) {
  const words = lang === 'en' ? en : zh;
  return (template, replacements = {}) =>
    (words[template] ?? template).replace(/{([^}]+)}/g, (whole, key) => String(replacements[key] ?? whole));
}

/** Puts right the literals that do not go through `translate`: watches the form while it lives. */
export function translateLiterals(container, translate) {
  const pass = () => {
    for (const input of container.querySelectorAll('input[placeholder="Search"]')) input.placeholder = translate('Search');
    for (const span of container.querySelectorAll('.fjs-select-placeholder')) {
      if (span.textContent === 'Select') span.firstChild.data = translate('Select');
    }
  };
  new MutationObserver(pass).observe(container, { childList: true, subtree: true });
  pass();
}
