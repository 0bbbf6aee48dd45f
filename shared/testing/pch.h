#pragma once

// Precompiled for every test: what shared/pch.h has, and what else of tests takes seconds to parse.

#include "boost/beast/http.hpp"
#include "boost/json.hpp"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "shared/pch.h"
