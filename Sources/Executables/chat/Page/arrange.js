/** Makes these nodes a parent's children, in this order. Nodes that stay are not touched, so that focus and selection stay, too. */
export function arrange(parent, nodes) {
    const focused = document.activeElement, wanted = new Set(nodes);
    for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
    let next = parent.firstElementChild;
    for (const node of nodes) {
        if (node === next) next = next.nextElementSibling;
        else parent.insertBefore(node, next);
    }
    if (focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}
