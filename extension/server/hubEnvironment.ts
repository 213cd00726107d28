/** The editor's settings of the network, as far as they matter here. */
interface NetworkSettings {
  get(key: 'proxy' | 'proxySupport' | 'noProxy'): unknown;
}

/**
 * What the server is told of the hub and of the way there: environment variables that it would go by in a terminal. What is
 * left open here is left to the environment.
 */
export function hubEnvironment({ endpoint, cacheFolder }: { endpoint?: string; cacheFolder?: string }, network: NetworkSettings): Record<string, string> {
  return {
    ...(endpoint === undefined ? {} : { HF_ENDPOINT: endpoint }),
    ...(cacheFolder === undefined ? {} : { HF_HUB_CACHE: cacheFolder }),
    ...proxyEnvironment(network),
  };
}

function proxyEnvironment(network: NetworkSettings): Record<string, string> {
  const proxy = network.get('proxy');
  if (typeof proxy !== 'string' || proxy === '' || network.get('proxySupport') === 'off') {
    return {};
  }
  const given = network.get('noProxy');
  const noProxy = Array.isArray(given) ? given.filter((host) => typeof host === 'string').join(',') : '';
  return { ...bothCases('HTTP_PROXY', proxy), ...bothCases('HTTPS_PROXY', proxy), ...(noProxy === '' ? {} : bothCases('NO_PROXY', noProxy)) };
}

/** One of them may be set in the environment, and would count. */
function bothCases(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toLowerCase()]: value };
}
