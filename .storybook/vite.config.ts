import { defineConfig } from 'vite';
import { workerSources } from '../vite.config.js';

export default defineConfig({ plugins: [workerSources()] });
