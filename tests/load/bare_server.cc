// What a cached answer of the gateway is measured against: an HTTP/1.1 server of Beast and
// coroutines and nothing else, which answers every request with the same bytes from memory.
//
//   bare_server RESPONSE_FILE THREADS
//
// RESPONSE_FILE has a whole answer, head and body. Prints the port that it listens on; runs until
// it is killed.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "boost/asio/buffer.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/redirect_error.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/core/tcp_stream.hpp"
#include "boost/beast/http.hpp"

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Answer = http::response<http::string_body>;

namespace {

Answer ReadAnswer(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  boost::system::error_code error;
  parser.put(asio::buffer(bytes), error);
  if (error || !parser.is_done()) {
    std::fprintf(stderr, "%s is not an HTTP answer\n", path);
    std::exit(1);
  }
  Answer answer = parser.release();
  answer.erase(http::field::connection);
  return answer;
}

asio::awaitable<void> Serve(boost::beast::tcp_stream stream, const Answer& answer) {
  stream.socket().set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  while (true) {
    stream.expires_after(std::chrono::seconds(30));
    http::request<http::string_body> request;
    co_await http::async_read(stream, buffer, request,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    http::response_serializer<http::string_body> serializer(answer);
    co_await http::async_write(stream, serializer,
                               asio::redirect_error(asio::use_awaitable, error));
    if (error || !request.keep_alive()) co_return;
  }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor,
                             std::vector<std::unique_ptr<asio::io_context>>& loops,
                             const Answer& answer) {
  for (size_t next = 0;; ++next) {
    asio::io_context& loop = *loops[next % loops.size()];
    tcp::socket socket = co_await acceptor.async_accept(loop, asio::use_awaitable);
    asio::co_spawn(loop, Serve(boost::beast::tcp_stream(std::move(socket)), answer),
                   asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bare_server RESPONSE_FILE THREADS\n");
    return 1;
  }
  const Answer answer = ReadAnswer(argv[1]);
  const int threads = std::atoi(argv[2]);
  std::vector<std::unique_ptr<asio::io_context>> loops;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work;
  for (int i = 0; i < threads; ++i) {
    loops.push_back(std::make_unique<asio::io_context>(1));
    work.push_back(asio::make_work_guard(*loops.back()));
  }
  tcp::acceptor acceptor(*loops[0], {asio::ip::make_address_v4("127.0.0.1"), 0});
  asio::co_spawn(*loops[0], Accept(acceptor, loops, answer), asio::detached);
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  std::vector<std::thread> runners;
  for (auto& loop : loops) runners.emplace_back([&loop] { loop->run(); });
  for (std::thread& runner : runners) runner.join();
}
