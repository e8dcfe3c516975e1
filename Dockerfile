FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -ldflags=-s -o /flowemu ./cmd/flowemu

FROM debian:bookworm-slim
COPY --from=build /flowemu /usr/local/bin/flowemu
ENV FLOWEMU_LISTEN=0.0.0.0:4566 FLOWEMU_DATA=/var/lib/flowemu
VOLUME /var/lib/flowemu
EXPOSE 4566
ENTRYPOINT ["flowemu"]
