addEventListener('fetch', (event) => event.respondWith(answer(event.request)));

/** Fast, small and near to whoever asks: what is called an edge function. The build fills in what stands between @. */
async function answer(request) {
  const { pathname } = new URL(request.url);
  const behind = pathname.startsWith('/api') ? 'api:@API_TAG@' : 'web:@WEB_TAG@';
  return Response.json({ service: 'edge', method: request.method, path: pathname, behind });
}
