/**
 * What the masks of a segmenter are computed on. The library reads those of the GPU as single floats: where WebGL gives them
 * in fours alone, as Firefox's does on some systems, it would get zeros, say nothing, and show the room with some models.
 */
export function maskDelegate(): 'GPU' | 'CPU' {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl?.getExtension('EXT_color_buffer_float')) return 'CPU';
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, 1, 1);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  const singly = gl.getParameter(gl.IMPLEMENTATION_COLOR_READ_FORMAT) === gl.RED;
  // There are few contexts in a page.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return singly ? 'GPU' : 'CPU';
}
