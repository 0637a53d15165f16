/** The style sheet of the report: one column that fits a phone, light and dark as the system is set, and print. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fcfcfb;--card:#fff;--text:#1d2125;--soft:#5a626b;--line:#e3e6e8;--code:#f3f4f4;
--good:#1a6b3c;--good-bg:#e5f4ea;--bad:#b3261e;--bad-bg:#fdecea;--wait:#7a5200;--wait-bg:#fdf3d8;--calm:#56606a;--calm-bg:#eef0f1;
--plan:#0b5c9e;--plan-bg:#e6f1fb;--edge:#a3abb2;--bar:#8fc7a4;--bar-strong:#1f8a4c}
@media (prefers-color-scheme:dark){:root{--bg:#121416;--card:#191c1f;--text:#e4e7ea;--soft:#a0a8b0;--line:#2c3136;--code:#22262a;
--good:#7fd3a0;--good-bg:#16301f;--bad:#ff9a8f;--bad-bg:#3a1a18;--wait:#e8bd66;--wait-bg:#33280f;--calm:#aab2ba;--calm-bg:#24292d;
--plan:#86c1f5;--plan-bg:#142a3d;--edge:#5c656e;--bar:#3d7a55;--bar-strong:#5fc98b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:40px}
h1{font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:6px 0 20px;text-wrap:balance}
h1 .badge{display:inline-grid;place-items:center;width:34px;height:34px;margin-right:12px;border-radius:50%;font-size:18px;vertical-align:3px}
h2{font-size:17px;font-weight:620;margin:0 0 14px}
h3{font-size:15px;font-weight:620;margin:0}
p{margin:0 0 8px}
.from{margin:0;color:var(--soft);font-size:14px}
.soft{color:var(--soft)}
dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,200px),1fr));gap:14px 28px;margin:0;padding:16px 0;border:solid var(--line);border-width:1px 0}
dt{color:var(--soft);font-size:13px}
dd{margin:0;overflow-wrap:anywhere}
section{margin:40px 0}
code,pre,.graph text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px}
code{overflow-wrap:anywhere}
pre{margin:10px 0 0;padding:12px 14px;background:var(--code);border-radius:8px;overflow-x:auto;line-height:1.5}
p.printed{margin:6px 0 22px;color:var(--soft)}
pre.pick{user-select:all;-webkit-user-select:all}
table{border-collapse:collapse;width:100%}
th{color:var(--soft);font-size:13px;font-weight:500;text-align:left;padding:0 16px 8px 0;white-space:nowrap}
td{vertical-align:top;padding:11px 16px 11px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
tbody th{color:inherit;font-size:inherit;font-weight:620;vertical-align:top;padding:11px 16px 11px 0;border-top:1px solid var(--line);white-space:normal;overflow-wrap:anywhere;min-width:7em}
td:last-child,th:last-child{padding-right:0}
td.number,th.number{text-align:right;padding-right:32px;white-space:nowrap;font-variant-numeric:tabular-nums}
td ul{list-style:none;margin:0;padding:0}
.nowrap{white-space:nowrap}
.chip{display:inline-block;padding:1px 9px;border-radius:99px;font-size:13px;font-weight:500;white-space:nowrap}
.chip.built,.good .badge{color:var(--good);background:var(--good-bg)}
.chip.failed,.bad .badge{color:var(--bad);background:var(--bad-bg)}
.chip.skipped,.chip.cancelled{color:var(--wait);background:var(--wait-bg)}
.chip.unchanged,.calm .badge{color:var(--calm);background:var(--calm-bg)}
.chip.planned{color:var(--plan);background:var(--plan-bg)}
.failure{margin:28px 0;padding:18px 20px;border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:10px;background:var(--card)}
.failure h2{color:var(--bad);margin-bottom:8px}
.failure pre{max-height:24em;overflow:auto}
.failure p:last-child{margin-bottom:0}
.failure .code{float:right;margin:3px 0 0 16px;font-size:12px}
.failure .hint{margin-top:12px;font-weight:560}
.message{white-space:pre-wrap;overflow-wrap:anywhere}
.warning{margin:12px 0;padding:10px 14px;border-radius:8px;color:var(--wait);background:var(--wait-bg);overflow-wrap:anywhere}
details{margin:14px 0}
summary{cursor:pointer;width:fit-content;padding:4px 0;font-weight:560}
summary h2{display:inline;margin:0}
summary:hover{text-decoration:underline}
details>*:not(summary){margin-top:10px}
:focus-visible{outline:2px solid var(--plan);outline-offset:3px;border-radius:4px}
.scroll{overflow-x:auto;padding:4px 0}
.graph{display:block;font-size:12.5px}
.graph path{fill:none;stroke:var(--edge);stroke-width:1.4}
.graph text{fill:var(--text);dominant-baseline:central}
.graph .mark{text-anchor:middle;font-weight:700}
.graph g rect,.graph g polygon{fill:var(--card);stroke:var(--edge);stroke-width:1.4}
.graph g .touch{fill:transparent;stroke:none}
.graph .built rect{fill:var(--good-bg);stroke:var(--good)}
.graph .built .mark{fill:var(--good)}
.graph .failed polygon{fill:var(--bad-bg);stroke:var(--bad);stroke-width:2}
.graph .failed .mark{fill:var(--bad)}
.graph .unchanged rect{fill:var(--calm-bg)}
.graph .unchanged .mark{fill:var(--calm)}
.graph .skipped rect,.graph .cancelled rect{fill:var(--wait-bg);stroke:var(--wait);stroke-dasharray:4 3}
.graph .skipped .mark,.graph .cancelled .mark{fill:var(--wait)}
.graph .planned rect{fill:var(--plan-bg);stroke:var(--plan)}
.graph .planned .mark{fill:var(--plan)}
.graph .built .touch,.graph .failed .touch,.graph .unchanged .touch,.graph .skipped .touch,.graph .cancelled .touch,.graph .planned .touch{fill:transparent;stroke:none}
.lane{margin:0 0 22px}
.lane h3{margin-bottom:6px;color:var(--soft);font-weight:500;font-size:13px}
.bars{list-style:none;margin:0;padding:0}
.bars li,.axis{display:grid;grid-template-columns:minmax(9em,17em) 1fr 7.5em;gap:0 16px;align-items:center;min-height:27px}
.bars svg,.axis svg{display:block;width:100%;overflow:visible}
.bars svg{height:13px}
.axis svg{height:18px}
.axis text{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.bars .rail{fill:var(--calm-bg)}
.bars .bar{fill:var(--bar)}
.bars .critical .bar{fill:var(--bar-strong)}
.bars .failed .bar{fill:var(--bad)}
.bars .skipped .bar,.bars .cancelled .bar{fill:var(--wait)}
.bars .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bars .critical .name,.bars .critical .time{font-weight:620}
.bars .time{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.seen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-top:56px;padding-top:16px;padding-bottom:40px;color:var(--soft);font-size:13px}
footer p{border-top:1px solid var(--line);padding-top:14px}
@media (max-width:720px){
main,header,footer{padding-left:16px;padding-right:16px}
header{padding-top:24px}
h1{font-size:24px}
h1 .badge{width:30px;height:30px;font-size:16px;margin-right:10px}
section{margin:32px 0}
dl.facts div{display:grid;grid-template-columns:6.2em 1fr;gap:12px;align-items:baseline}
dl.facts{grid-template-columns:1fr;gap:8px}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody{display:block}
tbody tr{display:grid;grid-template-columns:6.2em 1fr;gap:6px 12px;padding:14px 0;border-top:1px solid var(--line)}
tbody th{grid-column:1/-1;display:flex;justify-content:space-between;gap:12px;align-items:baseline;padding:0;border:0;font-size:16px}
tbody td{display:contents}
td::before{content:attr(data-label);color:var(--soft);font-size:13px;line-height:23px}
tbody td.number{text-align:left}
tbody td.empty{display:none}
td>*{min-width:0}
.bars li{grid-template-columns:1fr auto;padding:5px 0}
.bars svg{grid-column:1/-1;grid-row:2}
.axis{display:none}
.failure{padding:16px}
}
@media print{
:root{--bg:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--code:#fff;--calm-bg:#eee}
body{font-size:11pt}
main,header,footer{max-width:none;padding-left:0;padding-right:0}
pre{white-space:pre-wrap;border:1px solid var(--line)}
tr,.failure,.bars li{break-inside:avoid}
h2{break-after:avoid}
details>summary{list-style:none}
details::details-content{content-visibility:visible;height:auto}
}
`;
