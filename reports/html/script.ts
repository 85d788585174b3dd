// Search and filters, for readers whose browser runs scripts. The page is complete without; this only hides what
// does not match. It reads text and sets `hidden`: it writes no markup, so nothing in the report can run through it.

export const SCRIPT = `
(function(){"use strict";
document.querySelectorAll("[data-tools]").forEach(function(tools){
var items=Array.prototype.slice.call(document.getElementById(tools.getAttribute("data-tools")).querySelectorAll("[data-item]"));
var words=items.map(function(i){return i.textContent.toLowerCase()});
var search=tools.querySelector("input"),selects=Array.prototype.slice.call(tools.querySelectorAll("select")),count=tools.querySelector("output");
function apply(){
var wanted=search.value.toLowerCase().split(/\\s+/).filter(Boolean),shown=0;
items.forEach(function(item,i){
var ok=wanted.every(function(w){return words[i].indexOf(w)>=0})&&selects.every(function(s){return s.value===""||item.getAttribute("data-"+s.name)===s.value});
item.hidden=!ok;if(ok)shown++;});
count.textContent=shown+" of "+items.length+" shown";}
search.addEventListener("input",apply);selects.forEach(function(s){s.addEventListener("change",apply)});
tools.hidden=false;apply();});
})();
`.trim();
