// Functions of ours return absl::Status. Exceptions of libraries end at the borders below, and only
// there, so that no reader has to wonder what else may leave a function.

const borders = [
  /^shared\/db\//, // libpqxx
  /^shared\/rpc\//, // the last resort around a handler
  /^shared\/kit\/service_main\.cc$/, // everything before main() ends
  /^gateway\/http_server\.cc$/, // Beast and Asio
];

export default {
  name: 'exceptions',
  fix: 'return an absl::Status; exceptions end at the borders that the rule lists',
  check: (tree) =>
    tree
      .where((file) => file.isCpp && !borders.some((border) => border.test(file.path)))
      .flatMap((file) =>
        [...file.cpp.code.matchAll(/\b(?:throw|try|catch)\b/g)].map((match) => ({
          path: file.path,
          line: file.lineAt(match.index),
          what: `"${match[0]}"`,
        })),
      ),
};
