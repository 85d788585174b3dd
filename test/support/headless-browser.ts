import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

// Chromium over its debugging pipe: no port is opened, and nothing is asked of any network.

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

export const findBrowser = (): string | undefined => CANDIDATES.find((c) => existsSync(c));

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** One tab. Everything that the page asked for or complained about is kept. */
export interface Tab {
  /** Writes the page to a file of its own and opens it. */
  readonly show: (html: string) => Promise<void>;
  /** The value of an expression inside the page, promises awaited. */
  readonly evaluate: <T>(expression: string) => Promise<T>;
  readonly send: (method: string, params?: Record<string, unknown>) => Promise<Record<string, unknown>>;
  /** URLs asked for since the last `show`. */
  readonly requests: () => readonly string[];
  /** Console and log entries since the last `show`. */
  readonly complaints: () => readonly string[];
}

export interface Browser {
  readonly openTab: () => Promise<Tab>;
  readonly close: () => Promise<void>;
}

export async function startBrowser(executable: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'aclscope-browser-'));
  const child: ChildProcess = spawn(executable, [...FLAGS, `--user-data-dir=${join(folder, 'profile')}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const input = child.stdio[3] as Writable;
  const output = child.stdio[4] as Readable;
  const waiting = new Map<number, { resolve: (m: Message) => void; reject: (e: Error) => void }>();
  const listeners = new Set<(m: Message) => void>();
  let nextId = 1;
  let buffered = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failAll = (): void => {
    for (const w of waiting.values()) w.reject(new Error('the browser ended'));
    waiting.clear();
  };
  child.once('exit', failAll);
  input.on('error', failAll);
  output.setEncoding('utf8');
  output.on('data', (chunk: string) => {
    const parts = (buffered + chunk).split('\0');
    buffered = parts.pop() ?? '';
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      const waiter = message.id === undefined ? undefined : waiting.get(message.id);
      if (message.id !== undefined && waiter !== undefined) {
        waiting.delete(message.id);
        if (message.error) waiter.reject(new Error(message.error.message));
        else waiter.resolve(message);
      } else for (const l of listeners) l(message);
    }
  });

  const call = async (
    method: string,
    params: Record<string, unknown> = {},
    sessionId?: string,
  ): Promise<Record<string, unknown>> => {
    const id = nextId++;
    const answer = new Promise<Message>((resolve, reject) => waiting.set(id, { resolve, reject }));
    input.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    return (await answer).result ?? {};
  };

  let pages = 0;
  const openTab = async (): Promise<Tab> => {
    const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as {
      sessionId: string;
    };
    let requests: string[] = [];
    let complaints: string[] = [];
    let loaded: () => void = () => {};
    listeners.add((m) => {
      if (m.sessionId !== sessionId) return;
      const p = m.params ?? {};
      if (m.method === 'Page.loadEventFired') loaded();
      if (m.method === 'Network.requestWillBeSent') {
        requests.push((p.request as { url: string }).url);
      }
      if (m.method === 'Log.entryAdded') complaints.push((p.entry as { text: string }).text);
      if (m.method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(p));
      if (m.method === 'Page.javascriptDialogOpening') {
        complaints.push('a dialog opened');
        void call('Page.handleJavaScriptDialog', { accept: false }, sessionId);
      }
    });
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await call(`${domain}.enable`, {}, sessionId);
    return {
      show: async (html) => {
        const file = join(folder, `page-${++pages}.html`);
        writeFileSync(file, html);
        requests = [];
        complaints = [];
        const load = new Promise<void>((resolve) => {
          loaded = resolve;
        });
        await call('Page.navigate', { url: pathToFileURL(file).href }, sessionId);
        await load;
      },
      evaluate: async <T>(expression: string): Promise<T> => {
        const answer = (await call(
          'Runtime.evaluate',
          { expression, returnByValue: true, awaitPromise: true },
          sessionId,
        )) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
        if (answer.exceptionDetails) {
          throw new Error(answer.exceptionDetails.exception?.description ?? 'evaluation failed');
        }
        return answer.result.value;
      },
      send: (method, params = {}) => call(method, params, sessionId),
      requests: () => requests,
      complaints: () => complaints,
    };
  };

  return {
    openTab,
    close: async () => {
      const deadline = setTimeout(() => child.kill('SIGKILL'), 3000);
      await call('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      clearTimeout(deadline);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
