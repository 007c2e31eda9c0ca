// The body of a function: what axe finds under the rules with the tags of its first argument.
const run = async (tags) => {
  // A colour half way through its transition has a contrast that no reader ever sees for long.
  for (const animation of document.getAnimations()) {
    try { animation.finish(); } catch { /* one without an end */ }
  }
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations;
};
return run(arguments[0]);
