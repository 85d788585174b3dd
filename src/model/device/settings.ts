import type { SourceSpan } from '../../diagnostics/source-span.ts';
import type { GlobalChange } from '../command.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT } from './effect.ts';
import { withEffect } from './stated-effects.ts';

export function changeGlobal(draft: Draft, change: GlobalChange, span: SourceSpan): Effect {
  const { device } = draft;
  const { settings } = device;
  switch (change.kind) {
    case 'hostname':
      device.hostname = change.hostname;
      return changed();
    case 'version':
      // The operator's word, which names the train, wins over the bare number that the device prints.
      if (device.version !== null) return NO_EFFECT;
      device.version = change.version;
      return changed();
    case 'ip-routing':
      // A router that becomes a host forgets its routing protocols; its gateway groups stay.
      if (!change.on && draft.reading === 'terminal')
        for (const [key, { protocol }] of device.routing)
          if (protocol !== 'hsrp' && protocol !== 'vrrp' && protocol !== 'glbp')
            draft.table('routing').delete(key);
      device.settings = { ...settings, ipRouting: change.on };
      return changed();
    case 'ip-classless':
      device.settings = { ...settings, ipClassless: change.on };
      return changed();
    case 'default-gateway':
      device.settings = { ...settings, defaultGateway: change.address };
      return changed();
    case 'unreachable-interval':
      device.settings = { ...settings, unreachableIntervalMs: change.milliseconds };
      return changed();
    case 'tcp-intercept-list':
      device.settings = {
        ...settings,
        tcpIntercept: change.list === null ? null : { list: change.list, mode: device.interceptMode, span },
      };
      return changed();
    case 'tcp-intercept-mode':
      device.interceptMode = change.mode;
      if (settings.tcpIntercept)
        device.settings = { ...settings, tcpIntercept: { ...settings.tcpIntercept, mode: change.mode } };
      return changed();
    case 'http-server':
      device.settings = { ...settings, httpServer: change.on };
      return changed();
    case 'effect':
      device.settings = {
        ...settings,
        effects: withEffect(draft, settings.effects, change.effect, change.on),
      };
      return changed();
  }
}
