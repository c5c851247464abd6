// The page of an address where nothing stands: only the frame and its languages.
import { frame } from "./texts.js";

frame(() => {});
