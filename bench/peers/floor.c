/*
 * The least that a server can do: one finished frame, one send() for each reader, and nothing of a language's runtime.
 * What this one costs is the kernel's; whoever sends by one system call a reader can come near it, but not below.
 *
 * A reader that does not keep up is waited for, since sockets block: a floor needs no queues.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 65536, STORIES_MAX = 8192, EVENTS = 512, BACKLOG = 4096 };
/** What a frame with a length of 16 bits can hold, and room for the head of a request. */
enum { UPDATE_MAX = 65535, REQUEST_MAX = UPDATE_MAX + 4096, FRAME_HEADER_MAX = 4, FINAL_TEXT = 0x81 };

/* The readers' keys are not answered: they do not look, and others do not come. */
static const char SWITCHING[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
static const char CREATED[] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

/** The readers of a story. Their descriptors lie side by side: who writes looks at nothing else. */
struct room {
  int *readers;
  size_t count, capacity;
};

/** Of the descriptor that is its index. It has a room once it is a reader, and a request while one is arriving. */
static struct connection {
  struct room *room;
  size_t place, filled;
  char *request;
} connections[CONNECTIONS_MAX];

static struct room *room_of(const char *story) {
  ENTRY *known = hsearch((ENTRY){.key = (char *)story}, FIND);
  if (known) return known->data;
  struct room *room = calloc(1, sizeof *room);
  char *name = strdup(story);
  if (!room || !name || !hsearch((ENTRY){.key = name, .data = room}, ENTER)) errx(1, "too many stories");
  return room;
}

static void join(int fd, struct room *room) {
  if (room->count == room->capacity) {
    room->capacity = 2 * room->capacity + 16;
    room->readers = realloc(room->readers, room->capacity * sizeof *room->readers);
    if (!room->readers) err(1, "realloc");
  }
  connections[fd].room = room;
  connections[fd].place = room->count;
  room->readers[room->count++] = fd;
}

static void leave(int fd) {
  struct connection *own = &connections[fd];
  if (own->room) { /* The last one takes its place. */
    int last = own->room->readers[--own->room->count];
    own->room->readers[own->place] = last;
    connections[last].place = own->place;
  }
  free(own->request);
  *own = (struct connection){0};
  close(fd);
}

static void publish(const struct room *room, const char *update, size_t length) {
  static unsigned char frame[FRAME_HEADER_MAX + UPDATE_MAX];
  size_t header = length < 126 ? 2 : 4;
  frame[0] = FINAL_TEXT;
  frame[1] = header == 2 ? (unsigned char)length : 126;
  frame[2] = (unsigned char)(length >> 8);
  frame[3] = (unsigned char)length;
  memcpy(frame + header, update, length);
  /* A reader that has gone is taken out when epoll says so. */
  for (size_t at = 0; at < room->count; at++) send(room->readers[at], frame, header + length, MSG_NOSIGNAL);
}

/** @returns whether there is nothing wrong with it; it may not have arrived whole. */
static int answer(int fd, struct connection *own) {
  char method[8] = "", story[64] = "";
  char *body = strstr(own->request, "\r\n\r\n");
  if (!body) return own->filled < REQUEST_MAX;
  body += 4;
  sscanf(own->request, "%7s /stories/%63[a-z0-9-]", method, story);
  if (strcmp(method, "POST") == 0) {
    const char *header = strcasestr(own->request, "\r\ncontent-length:");
    size_t length = header && header < body ? strtoul(strchr(header, ':') + 1, NULL, 10) : 0;
    if (length > UPDATE_MAX) return 0;
    if (own->filled < (size_t)(body - own->request) + length) return own->filled < REQUEST_MAX;
    publish(room_of(story), body, length);
    send(fd, CREATED, sizeof CREATED - 1, MSG_NOSIGNAL);
  } else {
    send(fd, SWITCHING, sizeof SWITCHING - 1, MSG_NOSIGNAL);
    join(fd, room_of(story));
  }
  free(own->request);
  own->request = NULL;
  own->filled = 0;
  return 1;
}

static void hear(int fd) {
  static char unheard[4096];
  struct connection *own = &connections[fd];
  if (own->room) {
    if (recv(fd, unheard, sizeof unheard, 0) <= 0) leave(fd);
    return;
  }
  if (!own->request && !(own->request = malloc(REQUEST_MAX + 1))) err(1, "malloc");
  ssize_t count = recv(fd, own->request + own->filled, REQUEST_MAX - own->filled, 0);
  if (count > 0) own->request[own->filled += (size_t)count] = '\0';
  if (count <= 0 || !answer(fd, own)) leave(fd);
}

static void welcome(int epoll, int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  struct epoll_event readable = {.events = EPOLLIN, .data.fd = fd};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  if (fd >= CONNECTIONS_MAX || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &readable) < 0) close(fd);
}

int main(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((uint16_t)atoi(port ? port : "0"));
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), epoll = epoll_create1(EPOLL_CLOEXEC);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0) err(1, "listen");
  if (!hcreate(STORIES_MAX)) err(1, "hcreate");
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  puts("is listening on");
  fflush(stdout);
  struct epoll_event events[EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int at = 0; at < count; at++)
      if (events[at].data.fd == listener) welcome(epoll, listener);
      else hear(events[at].data.fd);
  }
}
