const isPublic = ({ privacy, name }) => !name.startsWith('#') && (privacy ?? 'public') === 'public';
// Members of Lit that subclasses override; nobody who uses a tag needs them.
const ofLit = new Set(['properties', 'styles', 'elementProperties', 'shadowRootOptions', 'createRenderRoot']);

// The platform's, and what a tag tells its base class; the static `strings` would hide those of the element.
const isOfKit = ({ name, static: ofClass }) =>
  name === 'connectedMoveCallback' || (ofClass && ['strings', 'commands'].includes(name));

/** Keeps what users of the tags can see, and names the modules as the package ships them. */
const published = {
  name: 'published',
  // Before the tags inherit.
  moduleLinkPhase({ moduleDoc }) {
    for (const declaration of moduleDoc.declarations ?? []) {
      declaration.members = declaration.members?.filter((member) => !isOfKit(member));
    }
  },
  packageLinkPhase({ customElementsManifest }) {
    for (const module of customElementsManifest.modules) {
      module.path = toBuilt(module.path);
      for (const declaration of module.declarations ?? []) {
        declaration.members = declaration.members?.filter(
          (member) => isPublic(member) && !ofLit.has(member.name),
        );
        // `dispatchEvent(event)` of any event says nothing, and what the base class may fire a tag names where it does.
        declaration.events = declaration.events?.filter(
          ({ name, description, inheritedFrom }) =>
            name && name !== 'undefined' && (description || !inheritedFrom),
        );
      }
    }
    const references = JSON.stringify(customElementsManifest).replace(
      /"(module|path)":"(\/?components\/[^"]+)"/g,
      (_whole, key, path) => `"${key}":"${toBuilt(path)}"`,
    );
    Object.assign(customElementsManifest, JSON.parse(references));
  },
};

function toBuilt(path) {
  return path.replace(/^\/?components\//, 'dist/').replace(/\.ts$/, '.js');
}

export default {
  globs: ['components/**/*.ts'],
  exclude: ['components/engine/**'],
  litelement: true,
  packagejson: false,
  plugins: [published],
};
