import { css } from 'lit';

/** The tiles, and how they lie where all are alike. */
export const tilesStyles = css`
  .layout {
    display: grid;
    gap: var(--_gap);
    block-size: 100%;
  }

  /* Room for one screen of 16:9, or more where there is more. */
  .sharing {
    grid-template-rows: minmax(0, 1fr) max(28%, 100cqh - 64cqw);
  }

  .box {
    container: box / size;
  }

  /* Tiles of 16:9, as large as the box allows in the columns that suit its shape. */
  .tiles {
    --_columns: var(--_wide);
    --_rows: round(up, calc(var(--_count) / var(--_columns)), 1);
    --_tile: calc(
      min(
          (100cqw - (var(--_columns) - 1) * var(--_gap)) / var(--_columns),
          (100cqh - (var(--_rows) - 1) * var(--_gap)) / var(--_rows) * 16 / 9
        ) -
        0.1px
    );
    display: flex;
    flex-wrap: wrap;
    place-content: center;
    gap: var(--_gap);
    max-inline-size: calc(var(--_columns) * (var(--_tile) + var(--_gap)));
    block-size: 100%;
    margin: auto;
  }

  @container box (aspect-ratio >= 2.4) {
    .tiles {
      --_columns: var(--_strip);
    }
  }

  @container box (aspect-ratio < 1.4) {
    .tiles {
      --_columns: var(--_square);
    }
  }

  @container box (aspect-ratio < 1) {
    .tiles {
      --_columns: var(--_upright);
    }
  }

  @container box (aspect-ratio < 0.75) {
    .tiles {
      --_columns: var(--_tall);
    }
  }

  @container box (aspect-ratio < 0.5) {
    .tiles {
      --_columns: var(--_pillar);
    }
  }

  .tile {
    --_inset: clamp(0.25rem, 0.025 * var(--_tile), 0.625rem);
    position: relative;
    inline-size: var(--_tile);
    aspect-ratio: 16 / 9;
    overflow: clip;
    border-radius: var(--_corner);
    background: var(--peer-call-tile-background, light-dark(#dde3ee, #222938));
  }

  video,
  .overlay {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: var(--peer-call-fit, cover);
  }

  .screen {
    background: #000;
  }

  .screen video {
    object-fit: contain;
  }

  .off {
    visibility: hidden;
  }

  .mirrored video {
    scale: -1 1;
  }

  .avatar {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    inline-size: 2.15em;
    aspect-ratio: 1;
    margin: auto;
    border-radius: 50%;
    color: var(--_on-accent);
    background: var(--_accent);
    font-size: clamp(0.875rem, 0.12 * var(--_tile), 3.5em);
    font-weight: 600;
  }

  .label {
    position: absolute;
    inset-block-end: var(--_inset);
    inset-inline-start: var(--_inset);
    display: flex;
    align-items: center;
    gap: 0.375em;
    max-inline-size: calc(100% - 2 * var(--_inset));
    padding: 0.25em 0.625em;
    border-radius: 99px;
    color: #fff;
    background: #0c1018bf;
    font-size: clamp(0.6875rem, 0.04 * var(--_tile), 0.875em);
  }

  .who {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .mark {
    color: #ffa8a0;
  }

  .placeholder {
    display: grid;
    place-items: center;
    padding: 1rem;
    border: 2px dashed var(--_line);
    color: var(--_muted);
    background: none;
    text-align: center;
    text-wrap: balance;
  }

  .badge {
    display: grid;
    place-content: center;
    inline-size: 2.4em;
    aspect-ratio: 1;
    margin: 0 auto 0.5em;
    border-radius: 50%;
    color: var(--_accent);
    background: color-mix(in srgb, var(--_accent) 14%, #0000);
    font-size: 1.25em;
  }

  @container stage (aspect-ratio >= 1) {
    .sharing {
      grid-template: none / minmax(0, 1fr) 24%;
    }
  }
`;
