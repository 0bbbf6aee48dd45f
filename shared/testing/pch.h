#pragma once

// Precompiled for every test (cmake/CartwrightService.cmake): what shared/pch.h has, and what tests
// include besides that takes seconds to parse.

#include "absl/container/flat_hash_map.h"
#include "boost/asio/use_future.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"
#include "boost/json/parse.hpp"
#include "boost/json/serialize.hpp"
#include "gmock/gmock.h"
#include "google/protobuf/extension_set.h"
#include "google/protobuf/generated_message_reflection.h"
#include "google/protobuf/map_entry.h"
#include "google/protobuf/map_field.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "shared/pch.h"
