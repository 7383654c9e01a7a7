/** For the engineer of the page around, whose console this is. */
console.warn(document.documentElement.dataset.refusal);
