const PREAMBLE =
  /^(?:Building configuration\.\.\.|Current configuration|Using \d+ out of \d+ bytes|Load for five secs|Time source is|Configuration of Partition|Last configuration change|NVRAM config last updated|No configuration change since)/;
const START = /^(?:Building configuration\.\.\.|Current configuration(?: |:)|Using \d+ out of \d+ bytes)/;
const VERSION = /^version \d+\.\d+\s*$/;
const SHOW = /^(?:sh(?:ow?)?\s+(?:.*\s)?(?:run|start|conf|access)|more\s|wr(?:i|it|ite)?\s+t)/i;

/** What `show running-config` and its like print before the configuration. */
export const isPreamble = (text: string): boolean => {
  const c = text.charCodeAt(0);
  return c >= 66 && c <= 85 && PREAMBLE.test(text);
};

/** By which kind of first line a configuration, as the device prints it, begins; null for any other line. */
export function startsConfiguration(text: string): 'preamble' | 'version' | null {
  const c = text.charCodeAt(0);
  if (c === 118) return VERSION.test(text) ? 'version' : null;
  return (c === 66 || c === 67 || c === 85) && START.test(text) ? 'preamble' : null;
}

/** Whether an exec command prints a configuration or access lists. */
export const showsConfiguration = (command: string): boolean => SHOW.test(command);
