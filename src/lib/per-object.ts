/** What is derived from an object that never changes, such as a provider: derived once and kept as long as the object. */
export function perObject<K extends object, V>(derive: (object: K) => V): (object: K) => V {
  const derived = new WeakMap<K, V>();
  return (object) => {
    const known = derived.get(object);
    if (known !== undefined) return known;
    const made = derive(object);
    derived.set(object, made);
    return made;
  };
}
