addEventListener('fetch', (event) => event.respondWith(answer(event.request)));

/** Fast, small and near to whoever asks: what is called an edge function. */
async function answer(request) {
  const { pathname } = new URL(request.url);
  return Response.json({ service: 'edge', method: request.method, path: pathname });
}
