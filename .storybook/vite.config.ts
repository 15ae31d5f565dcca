import { defineConfig } from 'vite';
import { threadSources } from '../vite.config.js';

export default defineConfig({ plugins: [threadSources()] });
