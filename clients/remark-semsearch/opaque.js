// Elements in which no term is marked: the lists of semsearch/doc_sites/opaque.py, which says why. A test compares them.

export const OPAQUE = new Set((
  "a abbr aside audio button canvas code datalist dfn dialog dt embed footer form h1 h2 h3 h4 h5 h6 head header iframe "
  + "img input kbd label legend listing math meter nav noembed noframes noscript object optgroup option output "
  + "plaintext pre progress rp rt samp script search select style summary svg template textarea title var video xmp"
).split(" "));

export const OPAQUE_ROLES = new Set((
  "alertdialog banner button checkbox code combobox complementary contentinfo dialog form heading img link listbox math "
  + "menu menubar menuitem menuitemcheckbox menuitemradio meter navigation option progressbar radio scrollbar search "
  + "searchbox separator slider spinbutton switch tab tablist term textbox toolbar tooltip tree treeitem"
).split(" "));

export const HIDING = ["hidden", "inert", "popover"];

/**
 * Return whether no term is marked in an element.
 *
 * @param {string} tag name of the element
 * @param {Map<string, string>} attributes by name in lower case, with an empty text where there is no value
 */
export function isOpaque(tag, attributes) {
  const value = (name) => attributes.get(name)?.trim().toLowerCase();
  return OPAQUE.has(tag.toLowerCase())
    || HIDING.some((name) => attributes.has(name))
    || value("aria-hidden") === "true"
    || (value("contenteditable") ?? "false") !== "false"
    || value("data-semsearch") === "off"
    || value("translate") === "no"
    || (value("role") ?? "").split(/\s+/).some((role) => OPAQUE_ROLES.has(role));
}
