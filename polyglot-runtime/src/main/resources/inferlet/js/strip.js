// Erases types and lowers `using`, keeping every line and, but for `using`, every column. Evaluates to
// (name, text, typescript) => text; refuses with an error that has `line` and `column`.
(function strip(name, text, typescript) {
  'use strict';
  const K = ts.SyntaxKind;
  const kind = typescript ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const file = ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone }, true, kind);
  const chars = text.split('');
  const inserts = [];
  let scopes = 0;

  function refuse(at, message) {
    const { line, character } = file.getLineAndCharacterOfPosition(typeof at === 'number' ? at : at.getStart(file));
    const error = new SyntaxError(message);
    error.line = line + 1;
    error.column = character + 1;
    throw error;
  }
  const blank = (from, to) => {
    for (let i = from; i < to; i++) if (chars[i] !== '\n' && chars[i] !== '\r') chars[i] = ' ';
  };
  const put = (at, c) => { chars[at] = c; };
  const erase = (node) => blank(node.getStart(file), node.end);
  // A statement or member that goes leaves an empty statement, so that what stands before it still ends.
  const eraseStatement = (node) => { erase(node); put(node.getStart(file), ';'); };
  // `: type`; a type's full start is just behind its colon.
  const eraseType = (type) => { if (type) blank(type.pos - 1, type.end); };
  // `<…>` of parameters or arguments; the list's range lies between the brackets.
  const eraseAngles = (list) => { if (list) blank(list.pos - 1, text.indexOf('>', list.end) + 1); };
  const eraseToken = (token) => { if (token) erase(token); };
  // An element of a list and the comma behind it.
  const eraseElement = (node) => {
    let end = node.end;
    const rest = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*,/.exec(text.slice(end));
    if (rest) end += rest[0].length;
    blank(node.getStart(file), end);
  };
  const has = (node, modifier) => node.modifiers?.some((m) => m.kind === modifier) ?? false;
  const DROPPED = new Set([K.PublicKeyword, K.PrivateKeyword, K.ProtectedKeyword, K.ReadonlyKeyword, K.AbstractKeyword, K.OverrideKeyword, K.DeclareKeyword]);
  function modifiers(node, member) {
    let erased;
    for (const m of node.modifiers ?? []) {
      if (m.kind === K.Decorator) refuse(m, 'decorators are not erasable; call the function instead');
      if (DROPPED.has(m.kind)) {
        erase(m);
        erased ??= m;
      }
    }
    if (member && erased && erased === node.modifiers[0] && (node.asteriskToken || node.name?.kind === K.ComputedPropertyName)) put(erased.getStart(file), ';');
  }
  function parameters(node) {
    eraseAngles(node.typeParameters);
    for (const p of node.parameters) {
      modifiersOfParameter(p);
      if (p.name.kind === K.Identifier && p.name.text === 'this') {
        eraseElement(p);
        continue;
      }
      eraseToken(p.questionToken);
      eraseType(p.type);
      visit(p.name);
      if (p.initializer) visit(p.initializer);
    }
  }
  function modifiersOfParameter(p) {
    for (const m of p.modifiers ?? []) {
      if (m.kind === K.Decorator) refuse(m, 'decorators are not erasable; call the function instead');
      refuse(m, 'parameter properties are not erasable; declare the field and assign it in the constructor');
    }
  }
  function callable(node) {
    parameters(node);
    if (node.type) {
      eraseType(node.type);
      if (node.kind === K.ArrowFunction && text.slice(node.parameters.end, node.equalsGreaterThanToken.pos).includes('\n')) {
        const close = text.lastIndexOf(')', node.type.pos - 1);
        put(close, ' ');
        put(node.type.end - 1, ')');
      }
    }
    if (node.body) visit(node.body);
  }
  function typesOnly(body) {
    if (body.kind === K.ModuleDeclaration) return body.body === undefined || typesOnly(body.body);
    return body.statements.every((s) => s.kind === K.InterfaceDeclaration || s.kind === K.TypeAliasDeclaration || has(s, K.DeclareKeyword)
      || (s.kind === K.ModuleDeclaration && (s.body === undefined || typesOnly(s.body))));
  }
  const endsStatement = (node) => {
    let top = node;
    while (top.parent && top.parent.end === node.end) top = top.parent;
    return (top.kind === K.ExpressionStatement || top.kind === K.VariableStatement || top.kind === K.ReturnStatement || top.kind === K.ThrowStatement
      || top.kind === K.PropertyDeclaration || top.kind === K.ExportAssignment) && text[node.end - 1] !== ';';
  };
  const USING = ts.NodeFlags.Using;
  const AWAIT_USING = ts.NodeFlags.AwaitUsing;
  const usingKind = (list) => list.flags & ts.NodeFlags.BlockScoped;
  const isUsing = (s) => s.kind === K.VariableStatement && (usingKind(s.declarationList) === USING || usingKind(s.declarationList) === AWAIT_USING);
  function lower(block) {
    const all = block.statements.filter(isUsing);
    if (!all.length) return;
    const wrap = block.kind === K.Block || block.kind === K.CaseClause || block.kind === K.DefaultClause;
    const scope = `$using${++scopes}`;
    const awaits = all.some((s) => usingKind(s.declarationList) === AWAIT_USING);
    const make = `const ${scope} = globalThis[Symbol.for('pie.host')].scope(); `;
    inserts.push([all[0].getStart(file), make + (wrap ? 'try { ' : '')]);
    for (const s of all) {
      const list = s.declarationList;
      const first = list.declarations[0];
      blank(list.getStart(file), first.getStart(file));
      'const'.split('').forEach((c, i) => put(list.getStart(file) + i, c));
      for (const d of list.declarations) {
        inserts.push([d.initializer.getStart(file), `${scope}.use(`], [d.initializer.end, ')']);
      }
    }
    if (wrap) {
      const end = block.kind === K.Block ? block.end - 1 : block.end;
      inserts.push([end, `} catch (e) { ${scope}.fail(e); } finally { ${awaits ? `await ${scope}.endAsync()` : `${scope}.end()`}; } `]);
    }
  }
  function visit(node) {
    switch (node.kind) {
      case K.InterfaceDeclaration: case K.TypeAliasDeclaration:
        return eraseStatement(node);
      case K.IndexSignature: case K.SemicolonClassElement:
        return node.kind === K.IndexSignature ? eraseStatement(node) : undefined;
      case K.EnumDeclaration:
        if (!has(node, K.DeclareKeyword)) refuse(node, 'enum is not erasable; use an object with `as const`');
        return eraseStatement(node);
      case K.ModuleDeclaration:
        if (!has(node, K.DeclareKeyword) && node.body && !typesOnly(node.body)) refuse(node, 'namespace with values is not erasable; use a module');
        return eraseStatement(node);
      case K.ImportEqualsDeclaration:
        if (!node.isTypeOnly) refuse(node, 'import = is not erasable; use import … from');
        return eraseStatement(node);
      case K.ExportAssignment:
        if (node.isExportEquals) refuse(node, 'export = is not erasable; use export default');
        break;
      case K.NamespaceExportDeclaration:
        return eraseStatement(node);
      case K.ImportDeclaration: {
        const clause = node.importClause;
        if (clause?.isTypeOnly) return eraseStatement(node);
        if (clause?.namedBindings?.kind === K.NamedImports) clause.namedBindings.elements.filter((e) => e.isTypeOnly).forEach(eraseElement);
        return;
      }
      case K.ExportDeclaration:
        if (node.isTypeOnly) return eraseStatement(node);
        if (node.exportClause?.kind === K.NamedExports) node.exportClause.elements.filter((e) => e.isTypeOnly).forEach(eraseElement);
        return;
      case K.TypeAssertionExpression:
        refuse(node, '<T> casts are not erasable; use `as T`');
        break;
      case K.AsExpression: case K.SatisfiesExpression:
        blank(node.expression.end, node.end);
        if (endsStatement(node)) put(node.expression.end, ';');
        return visit(node.expression);
      case K.NonNullExpression:
        put(node.end - 1, ' ');
        return visit(node.expression);
      case K.CallExpression: case K.NewExpression: case K.TaggedTemplateExpression: case K.ExpressionWithTypeArguments:
        eraseAngles(node.typeArguments);
        return ts.forEachChild(node, (child) => (node.typeArguments?.includes(child) ? undefined : void visit(child)));
      case K.FunctionDeclaration:
        if (!node.body || has(node, K.DeclareKeyword)) return eraseStatement(node);
        modifiers(node);
        return callable(node);
      case K.FunctionExpression: case K.ArrowFunction:
        return callable(node);
      case K.MethodDeclaration: case K.Constructor: case K.GetAccessor: case K.SetAccessor:
        if (!node.body) return eraseStatement(node);
        modifiers(node, true);
        eraseToken(node.questionToken);
        if (node.name) visit(node.name);
        return callable(node);
      case K.PropertyDeclaration:
        if (has(node, K.AbstractKeyword) || has(node, K.DeclareKeyword)) return eraseStatement(node);
        modifiers(node, true);
        eraseToken(node.questionToken);
        eraseToken(node.exclamationToken);
        eraseType(node.type);
        visit(node.name);
        if (node.initializer) visit(node.initializer);
        return;
      case K.ClassDeclaration: case K.ClassExpression:
        if (has(node, K.DeclareKeyword)) return eraseStatement(node);
        modifiers(node);
        eraseAngles(node.typeParameters);
        for (const clause of node.heritageClauses ?? []) {
          if (clause.token === K.ImplementsKeyword) erase(clause);
          else clause.types.forEach(visit);
        }
        return node.members.forEach(visit);
      case K.VariableStatement:
        if (has(node, K.DeclareKeyword)) return eraseStatement(node);
        break;
      case K.VariableDeclaration:
        eraseToken(node.exclamationToken);
        eraseType(node.type);
        visit(node.name);
        if (node.initializer) visit(node.initializer);
        return;
      case K.ForOfStatement:
        if (node.initializer.kind === K.VariableDeclarationList && [USING, AWAIT_USING].includes(usingKind(node.initializer))) {
          refuse(node.initializer, 'using in the head of a loop is not supported; put it in the body');
        }
        break;
      case K.SourceFile: case K.Block: case K.CaseClause: case K.DefaultClause:
        lower(node);
        break;
    }
    ts.forEachChild(node, (child) => { visit(child); });
  }

  if (file.parseDiagnostics.length) {
    const first = file.parseDiagnostics[0];
    refuse(first.start, `SyntaxError: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`);
  }
  visit(file);
  // Of two insertions at one place the later is the outer's end, which comes first.
  inserts.map((insert, i) => [...insert, i]).sort((a, b) => b[0] - a[0] || b[2] - a[2]).forEach(([at, what]) => chars.splice(at, 0, what));
  return chars.join('');
})
