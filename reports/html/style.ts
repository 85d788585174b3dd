// The page's whole look: no file beside it, no font or picture from elsewhere, readable in light, dark and on paper.

export const STYLE = `
:root{color-scheme:light dark;
--page:#ffffff;--panel:#f5f6f8;--edge:#d5dae1;--text:#1b2128;--quiet:#566070;--link:#1d4f9c;
--good:#176c40;--good-tint:#e2f3e9;--bad:#b3211a;--bad-tint:#fce8e6;--warn:#845500;--warn-tint:#fdf1d8;
--calm:#eceff3;--open:#2c7be5;--closed:#8a94a3;--silent:#c9d0d9;--code:#eef0f3}
@media (prefers-color-scheme:dark){:root{
--page:#11151a;--panel:#191f27;--edge:#333c48;--text:#e3e8ee;--quiet:#9ca7b5;--link:#8db8ff;
--good:#5ccf95;--good-tint:#14301f;--bad:#ff8a80;--bad-tint:#3a1614;--warn:#e8bd5a;--warn-tint:#332709;
--calm:#222a34;--open:#5a9bf5;--closed:#7d8896;--silent:#414b58;--code:#222932}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,header.top,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
a{color:var(--link)}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.4rem .8rem;z-index:2}
h1{font-size:1.15rem;font-weight:600;margin:0;color:var(--quiet)}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .8rem;padding-bottom:.35rem;border-bottom:1px solid var(--edge)}
h3{font-size:1.02rem;line-height:1.4;margin:0}section>h3,section>div>h3{margin-top:1.6rem}
p{margin:.5rem 0;max-width:46rem}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
code{background:var(--code);border-radius:3px;padding:.1em .35em;overflow-wrap:anywhere}
pre{background:var(--code);border-radius:5px;padding:.6rem .8rem;margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.quiet{color:var(--quiet)} .good{color:var(--good)} .bad{color:var(--bad)} .warn{color:var(--warn)} .strong{font-weight:600}
header.top{padding-top:2rem}
.verdict{display:flex;gap:1.2rem;align-items:center;margin:1rem 0 0;padding:1.3rem 1.5rem;border-radius:10px;border:1px solid var(--edge);border-left-width:10px}
.verdict.v-good{background:var(--good-tint);border-color:var(--good)} .verdict.v-bad{background:var(--bad-tint);border-color:var(--bad)} .verdict.v-warn{background:var(--warn-tint);border-color:var(--warn)} .verdict.v-plain,.verdict.v-quiet,.verdict.v-strong{background:var(--panel)}
.verdict .word{font-size:2rem;font-weight:750;letter-spacing:.01em;line-height:1.1;overflow-wrap:anywhere}
.verdict p{margin:.25rem 0 0;font-size:1.08rem;max-width:54rem}
.mark{flex:none;display:inline-flex;align-items:center;justify-content:center;width:3.1rem;height:3.1rem;border-radius:50%;font-size:1.7rem;font-weight:700;color:var(--page)}
.v-good .mark{background:var(--good)} .v-bad .mark{background:var(--bad)} .v-warn .mark{background:var(--warn)} .v-plain .mark,.v-quiet .mark,.v-strong .mark{background:var(--quiet)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem;margin:1rem 0 0;padding:0;list-style:none}
.tiles li{background:var(--panel);border:1px solid var(--edge);border-radius:8px;padding:.75rem 1rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.25;font-variant-numeric:tabular-nums}
.tiles span{color:var(--quiet);font-size:.9rem}
.tiles svg{display:block;width:100%;height:.5rem;margin-top:.45rem;border-radius:4px}
nav.sections{margin:1.2rem 0 0;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;font-size:.95rem}
.scroll{overflow-x:auto;margin:.6rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--quiet);padding:.3rem 0;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .7rem;border-bottom:1px solid var(--edge)}
thead th{font-weight:600;color:var(--quiet);border-bottom:2px solid var(--edge);white-space:nowrap}
tbody th{font-weight:600}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.hash{overflow-wrap:anywhere;min-width:14rem}
dl.facts{display:grid;grid-template-columns:minmax(5.5rem,max-content) 1fr;gap:.3rem 1rem;margin:.6rem 0 0}
dl.facts dt{color:var(--quiet)} dl.facts dd{margin:0;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.82rem;font-weight:650;border:1px solid currentColor;white-space:nowrap}
.badge.good{background:var(--good-tint)} .badge.bad{background:var(--bad-tint)} .badge.warn{background:var(--warn-tint)} .badge.quiet,.badge.plain{background:var(--calm)}
.card{border:1px solid var(--edge);border-left:6px solid var(--edge);border-radius:8px;padding:1rem 1.2rem;margin:.9rem 0;background:var(--panel);overflow-wrap:anywhere}
.card.bad{border-left-color:var(--bad);color:inherit} .card.warn{border-left-color:var(--warn);color:inherit} .card.good{border-left-color:var(--good);color:inherit}
.card>header{display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline}
.card .what{margin:.5rem 0 0;font-size:1.05rem;max-width:54rem}
.card pre,.card code{background:var(--page)}
.proof{list-style:none;margin:.8rem 0 0;padding:0;border-left:2px solid var(--edge)}
.proof>li{position:relative;padding:.15rem 0 .45rem 1.3rem}
.proof>li::before{content:"";position:absolute;left:-.42rem;top:.62rem;width:.7rem;height:.7rem;border-radius:50%;background:var(--page);border:2px solid var(--quiet)}
.proof>li.verdict-step::before{background:var(--bad);border-color:var(--bad)}
.proof>li.mend::before{background:var(--good);border-color:var(--good)}
.proof .step{display:block;color:var(--quiet);font-size:.86rem;font-weight:600}
ol.hops{padding-left:1.6rem} ol.hops li{margin:.5rem 0}
.drawing svg{display:block;width:100%;min-width:46rem;height:auto}
.drawing text{fill:var(--text);font-size:13px} .drawing .small{font-size:11.5px;fill:var(--quiet)} .drawing .name{font-weight:650;font-size:14px}
.drawing .box{fill:var(--panel);stroke:var(--edge);stroke-width:1.5} .drawing .zone{fill:none;stroke:var(--quiet);stroke-width:1.2;stroke-dasharray:5 4}
.drawing .gate{fill:var(--page);stroke:var(--text);stroke-width:1.5} .drawing .gate.off{stroke:var(--edge)}
.drawing .wire{fill:none;stroke:var(--closed);stroke-width:2} .drawing .wire.w-bad{stroke:var(--bad);stroke-width:3} .drawing .wire.w-good{stroke:var(--good);stroke-width:3} .drawing .wire.w-warn{stroke:var(--warn);stroke-width:2.5;stroke-dasharray:7 4} .drawing .wire.w-guess{stroke-dasharray:2 5}
.drawing text.t-bad{fill:var(--bad);font-weight:650} .drawing text.t-good{fill:var(--good)} .drawing text.t-warn{fill:var(--warn)}
.ports{width:auto;min-width:100%} .ports th,.ports td{padding:.35rem .5rem;text-align:center;border:1px solid var(--edge)}
.ports tbody th,.ports thead th:first-child{text-align:left;white-space:nowrap;position:sticky;left:0;background:var(--page);z-index:1}
.ports thead th{font-variant-numeric:tabular-nums}
.ports td{line-height:1.3;min-width:4.2rem} .ports td .want{display:block;font-size:.78rem;color:var(--quiet)} .ports td .got{display:block;white-space:nowrap;font-weight:650;font-size:.86rem}
.ports td.c-pass.c-on{background:var(--good-tint)} .ports td.c-pass .got{color:var(--text)} .ports td.c-pass.c-on .got{color:var(--good)}
.ports td.c-fail{background:var(--bad-tint)} .ports td.c-fail .got{color:var(--bad)} .ports td.c-undetermined{background:var(--warn-tint)} .ports td.c-undetermined .got{color:var(--warn)} .ports td.c-waived{background:var(--calm)} .ports td.c-fail .want,.ports td.c-undetermined .want,.ports td.c-pass.c-on .want{color:var(--text)}
.strips{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.35rem 1rem;align-items:center;margin:.8rem 0}
.strips .who{font-weight:600;font-size:.92rem;overflow-wrap:anywhere}
.strips svg{display:block;width:100%;height:38px;background:var(--page);border:1px solid var(--edge);border-radius:3px}
.axis{display:grid;grid-template-columns:50fr 35fr 15fr;font-size:.8rem;color:var(--quiet);font-variant-numeric:tabular-nums}
.axis span{border-left:1px solid var(--edge);padding-left:.3rem;white-space:nowrap;overflow:hidden}
.s-permit,.s-open{fill:var(--open)} .s-wrapped{fill:var(--good)} .s-deny,.s-filtered{fill:var(--silent)} .s-closed{fill:var(--closed)} .s-undetermined,.s-unreachable,.s-unobserved,.s-unstable{fill:var(--warn)} .s-fail{fill:var(--bad)}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.88rem;color:var(--quiet);list-style:none;margin:.4rem 0;padding:0}
.legend svg{width:14px;height:14px;vertical-align:-2px;margin-right:.35rem}
.acl td.src{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.85rem;white-space:pre-wrap;overflow-wrap:anywhere;min-width:34rem}
.acl tr.r-dead td.src{color:var(--quiet);font-style:italic}
.acl tr.r-contradicted td{background:var(--bad-tint)} .acl tr.implied td.src{font-style:italic;color:var(--quiet)}
.card:target{outline:2px solid var(--link)}.acl tr:target td{outline:2px solid var(--link);outline-offset:-2px}
.permit{color:var(--good);font-weight:650} .deny{color:var(--bad);font-weight:650}
.acl tr.r-dead .permit,.acl tr.r-dead .deny{color:inherit}
details>summary{cursor:pointer;margin:.8rem 0;font-weight:600}
.tools{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;background:var(--panel);border:1px solid var(--edge);border-radius:8px;padding:.8rem 1rem;margin:.8rem 0}
.tools[hidden]{display:none} .tools label{display:grid;gap:.15rem;font-size:.85rem;color:var(--quiet)}
.tools input,.tools select{font:inherit;color:var(--text);background:var(--page);border:1px solid var(--closed);border-radius:5px;padding:.35rem .6rem;min-width:10rem}
.tools output{margin-left:auto;color:var(--quiet);font-size:.9rem}
[hidden]{display:none!important}
footer{padding:2rem 1.5rem 3rem;color:var(--quiet);font-size:.9rem}
@media (max-width:40rem){main,header.top,footer{padding-left:1rem;padding-right:1rem}.verdict{padding:1rem;gap:.8rem}.verdict .word{font-size:1.5rem}.mark{width:2.4rem;height:2.4rem;font-size:1.3rem}dl.facts{grid-template-columns:1fr}dl.facts dt{margin-top:.3rem}dl.facts dd{padding-left:.8rem}.strips{grid-template-columns:1fr}.card{padding:.8rem .9rem}}
@media print{:root{color-scheme:light;--page:#fff;--panel:#fff;--edge:#b8bec7;--text:#000;--quiet:#444;--link:#000;--good:#0b5a30;--good-tint:#eaf5ee;--bad:#9c150f;--bad-tint:#fdeeec;--warn:#6b4500;--warn-tint:#fdf5e3;--calm:#f2f2f2;--open:#2c7be5;--closed:#8a94a3;--silent:#d5dae1;--code:#f4f4f4}
body{font-size:10.5pt}nav.sections,.tools,.skip{display:none!important}h2,h3,h3+p{break-after:avoid}h2{margin-top:1.6rem}.card,tr,.tiles li,.verdict{break-inside:avoid}.scroll{overflow:visible}main,header.top,footer{max-width:none;padding:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.drawing svg{min-width:0}.ports{font-size:7pt;table-layout:fixed;width:100%}.ports.many{font-size:4.8pt}.ports td .want,.ports td .got{font-size:1em}.ports th,.ports td{padding:.12rem;min-width:0}.ports thead th,.ports td .got{white-space:normal}.ports tbody th{position:static;white-space:normal!important}.ports thead th:first-child{width:4.5rem;white-space:normal}td.hash{min-width:0}details::details-content{content-visibility:visible;display:block;height:auto}}
`.trim();
