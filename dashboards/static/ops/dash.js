// The chart of the live board: drawn from the JSON in the page, again whenever the page was told.
const root = document.documentElement;
const FONT = '"Ops Num","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
let chart = null;
let drawnOn = null;
let extent = 0;
const sizes = new ResizeObserver(([entry]) => {
  if (entry.contentRect.width + entry.contentRect.height !== extent) chart?.resize();
  extent = entry.contentRect.width + entry.contentRect.height;
});

const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

function read() {
  const text = document.getElementById("chart-data")?.textContent;
  return text ? JSON.parse(text) : { quarters: [], target: 0 };
}

function axis(size) {
  const line = colour("--line");
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: colour("--mut"), fontSize: size },
    splitLine: { lineStyle: { color: line } },
  };
}

function options({ quarters, target }, words, size) {
  const common = axis(size);
  const bad = colour("--bad");
  const orange = colour("--chart-2");
  const past = colour("--chart-prev");
  const seconds = quarters.map(({ seconds: value }) => (value === null ? null : Number(value)));
  const highest = Math.max(target * 1.2, ...seconds.map((value) => value ?? 0));
  const mark = {
    silent: true, symbol: "none", lineStyle: { color: bad, type: "dashed" }, data: [{ yAxis: target }],
    label: { formatter: `${words.target} ${target}s`, color: bad, position: "insideEndTop", fontSize: size },
  };
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: colour("--mut"), fontSize: size },
    grid: { left: 44, right: 46, top: 34, bottom: 26 },
    legend: { top: 6, right: 14, itemWidth: 12, itemHeight: 8, textStyle: { color: colour("--mut"), fontSize: size } },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("--card"), borderColor: colour("--line"), textStyle: { color: colour("--ink"), fontSize: 12 } },
    xAxis: { ...common, type: "category", data: quarters.map(({ text }) => text) },
    yAxis: [
      { ...common, type: "value", minInterval: 1 },
      { ...common, type: "value", min: 0, max: Math.ceil(highest / 5) * 5, splitLine: { show: false }, axisLabel: { ...common.axisLabel, formatter: "{value}s" } },
    ],
    series: [
      { name: words.before, type: "line", step: "middle", symbol: "none", data: quarters.map(({ before }) => before), lineStyle: { width: 1.2, color: past }, itemStyle: { color: past }, areaStyle: { color: colour("--chart-prev-l"), opacity: 1 }, z: 1 },
      { name: words.today, type: "bar", data: quarters.map(({ count }) => count), barMaxWidth: 26, itemStyle: { color: colour("--chart-1"), borderRadius: [2, 2, 0, 0] }, z: 2 },
      { name: words.average, type: "line", yAxisIndex: 1, data: seconds, connectNulls: true, symbolSize: 5, lineStyle: { width: 2.5, color: orange }, itemStyle: { color: orange }, markLine: mark, z: 3 },
    ],
  };
}

function draw() {
  const place = document.getElementById("chart-quarters");
  const words = document.getElementById("chart-words")?.dataset;
  if (!place || !words || !window.echarts) return;
  const data = read();
  if (place !== drawnOn) {
    chart?.dispose();
    chart = window.echarts.init(place, null, { renderer: "canvas" });
    drawnOn = place;
    sizes.disconnect();
    sizes.observe(place);
    chart.on("click", ({ dataIndex }) => {
      const quarter = read().quarters[dataIndex];
      if (quarter) location.href = `${words.items}?${quarter.link}`;
    });
  }
  chart.setOption(options(data, words, root.classList.contains("op-wall") ? 14 : 12), true);
}

let waiting = 0;
function soon() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => { draw(); chart?.resize(); });
}

addEventListener("resize", soon);
addEventListener("beforeprint", () => chart?.resize());
document.addEventListener("ops:told", soon);
new MutationObserver(soon).observe(root, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
if (window.echarts) draw();
else addEventListener("load", draw);
