/**
 * What is wrong with a value by a schema: as much of JSON Schema as the protocol's uses, so that it needs no packages.
 *
 * @param {Record<string, unknown>} root where `$ref` leads to
 * @param {Record<string, any>} schema
 * @param {unknown} value
 * @param {string} [at] where in the value
 * @returns {string[]} one sentence for each problem
 */
export function schemaProblems(root, schema, value, at = 'the value') {
  if (schema.$ref !== undefined) {
    return schemaProblems(root, target(root, schema.$ref), value, at);
  }
  const found = [];
  if ('const' in schema && value !== schema.const) {
    return [`${at} is not ${JSON.stringify(schema.const)}`];
  }
  if (schema.enum && !schema.enum.includes(value)) {
    return [`${at} is none of ${schema.enum.join(', ')}`];
  }
  if (schema.type && !isOf(schema.type, value)) {
    return [`${at} is no ${schema.type}`];
  }
  if (schema.properties || schema.required || schema.additionalProperties) {
    found.push(...objectProblems(root, schema, value, at));
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) {
      found.push(`${at} has ${value.length} items`);
    }
    value.forEach((item, i) => found.push(...schemaProblems(root, schema.prefixItems?.[i] ?? schema.items ?? {}, item, `${at}[${i}]`)));
  }
  if (schema.anyOf) {
    const tries = schema.anyOf.map((each) => schemaProblems(root, each, value, at));
    if (!tries.some((problems) => problems.length === 0)) {
      // The nearest tells most: what it is meant to be has least that is wrong with it.
      const [nearest] = tries.sort((a, b) => a.length - b.length);
      found.push(...(tries.length > 3 ? [`${at} is none of the ${tries.length} things it may be`] : nearest));
    }
  }
  return found;
}

function objectProblems(root, { properties = {}, required = [], additionalProperties }, value, at) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return required.length > 0 ? [`${at} is no object`] : [];
  }
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${at} lacks ${name}`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      return schema && typeof schema === 'object' ? schemaProblems(root, schema, member, `${at}.${name}`) : [];
    }),
  ];
}

function isOf(type, value) {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** `#/requests/chat~1send/params` */
function target(root, reference) {
  return reference
    .slice(2)
    .split('/')
    .reduce((value, part) => value[part.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}
