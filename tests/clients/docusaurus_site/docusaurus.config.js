// What docs/doc-sites.md says, with a base URL, in the site of a bakery.

import remarkSemsearch from "remark-semsearch";

import data from "./static/semsearch-terms/terms.json";

const baseUrl = "/handbook/";
const terms = [remarkSemsearch, { data, skip: ["Quiz"] }];

export default {
  title: "Bakery handbook",
  favicon: "favicon.svg",
  url: "https://bakery.example",
  baseUrl,
  onBrokenLinks: "throw",
  stylesheets: [`${baseUrl}semsearch-terms/terms.css`],
  scripts: [
    {
      src: `${baseUrl}semsearch-terms/terms.js`,
      "data-semsearch": `${baseUrl}semsearch-terms/terms-data.js`,
      defer: true,
    },
  ],
  presets: [
    [
      "classic",
      {
        docs: { remarkPlugins: [terms] },
        blog: { remarkPlugins: [terms], onUntruncatedBlogPosts: "ignore" },
        pages: { remarkPlugins: [terms] },
      },
    ],
  ],
  themeConfig: {
    navbar: {
      title: "Bakery handbook",
      items: [
        { to: "docs/bread", label: "Bread", position: "left" },
        { to: "blog", label: "Blog", position: "left" },
      ],
    },
  },
};
