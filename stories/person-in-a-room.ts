const [WIDTH, HEIGHT] = [640, 360];

type Surface = OffscreenCanvasRenderingContext2D;

/** Draws somebody, all in warm colours, who sways in front of shelves, which are in cold ones: one picture for each frame. */
export function personInARoom(): (frame: VideoFrame) => VideoFrame {
  const create = (): Surface => new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { alpha: false })!;
  const [room, picture] = [create(), create()];
  drawShelves(room);
  return ({ timestamp }) => {
    picture.drawImage(room.canvas, 0, 0);
    drawPerson(picture, WIDTH / 2 + 50 * Math.sin(timestamp / 1.5e6));
    return new VideoFrame(picture.canvas, { timestamp });
  };
}

function drawShelves(surface: Surface): void {
  surface.fillStyle = '#d5deec';
  surface.fillRect(0, 0, WIDTH, HEIGHT);
  const shelf = HEIGHT / 4;
  let number = 0;
  for (let ground = shelf; ground <= HEIGHT; ground += shelf) {
    for (let x = 4; x < WIDTH - 8; number++) {
      // As good as random, and the same each time.
      const [wide, tall, hue] = [7, 5, 9].map((prime) => (number * number * prime + number) % 11) as [
        number,
        number,
        number,
      ];
      surface.fillStyle = `hsl(${170 + 8 * hue} 45% ${25 + 4 * tall}%)`;
      surface.fillRect(x, ground - 46 - 3 * tall, 9 + wide, 46 + 3 * tall);
      x += 11 + wide;
    }
    surface.fillStyle = '#3d4a66';
    surface.fillRect(0, ground - 6, WIDTH, 6);
  }
}

function drawPerson(surface: Surface, x: number): void {
  const ellipse = (dx: number, y: number, across: number, down: number, color: string): void => {
    surface.fillStyle = color;
    surface.beginPath();
    surface.ellipse(x + dx, y, across, down, 0, 0, 2 * Math.PI);
    surface.fill();
  };
  ellipse(0, 350, 125, 110, '#c2500f');
  ellipse(0, 235, 28, 40, '#d98c5c');
  ellipse(0, 145, 66, 76, '#6e2c0c');
  ellipse(0, 160, 54, 70, '#f0a878');
  for (const side of [-1, 1]) ellipse(20 * side, 150, 6, 8, '#5c2408');
  ellipse(0, 196, 18, 5, '#b0412c');
}
