import { expect } from 'chai';
import { resumeCommand } from '../../src/cli/resume-command.ts';

describe('the command that goes on with an interrupted scan', () => {
  const words = ['scan', '--plan', 'plan.json', '-o', 'out.json'];

  it('is what was typed, with --resume', () => {
    expect(resumeCommand(words, { engine: 'auto' })).to.equal(
      'aclscope scan --plan plan.json -o out.json --resume',
    );
  });

  it('keeps what the evidence depends on: engine, address behind a NAT, keys', () => {
    const told = { engine: 'connect', behindNat: '203.0.113.77', key: ['a.pub', 'b.pub'], sign: 'box.pem' };
    expect(resumeCommand(words, told)).to.equal(
      'aclscope scan --plan plan.json -o out.json --engine connect --behind-nat 203.0.113.77 --key a.pub --key b.pub --sign box.pem --resume',
    );
  });

  it('can be pasted into a shell whatever the files are called', () => {
    const odd = ['run', "it's mine.yaml", '--evidence', 'über $HOME.json'];
    expect(resumeCommand(odd, { engine: 'auto' })).to.equal(
      "aclscope run 'it'\\''s mine.yaml' --evidence 'über $HOME.json' --resume",
    );
  });
});
