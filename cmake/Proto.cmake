# cartwright_protos(target DESCRIPTOR_SET file ROOT dir PROTOS file...)
# Generates C++ messages for the protos and for the google/ files that they import, builds them
# into the static library `target`, and writes a FileDescriptorSet of all of them. There are no
# generated gRPC classes: the kit registers methods by descriptor (shared/rpc/server.h).

set(GOOGLEAPIS_DIR /usr/share/gocode/src/github.com/grpc-ecosystem/grpc-gateway/third_party/googleapis
    CACHE PATH "Directory that holds google/api/annotations.proto and google/rpc/status.proto")
set(GOOGLEAPIS_PROTOS google/api/annotations.proto google/api/http.proto google/api/httpbody.proto google/rpc/status.proto
    google/rpc/error_details.proto)

function(cartwright_protos target)
  cmake_parse_arguments(ARG "" "DESCRIPTOR_SET;ROOT" "PROTOS" ${ARGN})
  set(out ${CMAKE_BINARY_DIR}/gen)
  file(MAKE_DIRECTORY ${out})
  set(generated)
  foreach(proto ${ARG_PROTOS} ${GOOGLEAPIS_PROTOS})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(source ${ARG_ROOT}/${proto})
    if(NOT EXISTS ${source})
      set(source ${GOOGLEAPIS_DIR}/${proto})
    endif()
    add_custom_command(
      OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc -I${ARG_ROOT} -I${GOOGLEAPIS_DIR} --cpp_out=${out} ${proto}
      DEPENDS ${source}
      COMMENT "protoc ${proto}")
    list(APPEND generated ${out}/${stem}.pb.cc)
  endforeach()
  list(TRANSFORM ARG_PROTOS PREPEND ${ARG_ROOT}/ OUTPUT_VARIABLE sources)
  add_custom_command(
    OUTPUT ${ARG_DESCRIPTOR_SET}
    COMMAND protobuf::protoc -I${ARG_ROOT} -I${GOOGLEAPIS_DIR} --include_imports
            --include_source_info --descriptor_set_out=${ARG_DESCRIPTOR_SET} ${ARG_PROTOS}
            google/rpc/status.proto google/rpc/error_details.proto
    DEPENDS ${sources}
    COMMENT "descriptor set")
  add_custom_target(${target}_descriptors ALL DEPENDS ${ARG_DESCRIPTOR_SET})
  add_library(${target} STATIC ${generated})
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
  target_compile_options(${target} PRIVATE -w -O1)
endfunction()
