/** A component that makes something of its own of its text: no term is marked in it. */
export default function Quiz({ children }) {
  return <fieldset className="quiz">{children}</fieldset>;
}
