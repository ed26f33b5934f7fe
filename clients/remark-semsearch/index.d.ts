/** A term as `semsearch annotate` writes it into `terms.json`. */
export interface Term {
  term: string;
  text: string;
  path: string;
  names: string[];
  exact: string[];
}

export interface Options {
  /** What is in `terms.json`, or its path, relative to the folder where the site is built. */
  data: string | URL | Record<string, Term>;
  /** Base URL of a service, to whose pages terms link; without it they are no links. */
  address?: string;
  /** Names of MDX components in which no term is marked. */
  skip?: string[];
}

/** Mark the first occurrence of each term in a page. */
export default function remarkSemsearch(options: Options): (tree: object) => void;
