import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { reasonIn, reasonsFor } from "./data/failure.ts";
import { startSession } from "./data/start-session.ts";
import { preferredLanguage, texts } from "./text/text.ts";
import "./ui/style.css";

const app = document.getElementById("app") as HTMLElement;
startSession().then(
  ({ config, session }) => createRoot(app).render(<App apiBase={config.api} session={session} />),
  (error: Error) => {
    const words = texts[preferredLanguage(localStorage.getItem("language"), navigator.language)];
    const told = document.createElement("p");
    told.setAttribute("role", "alert");
    told.textContent = [words.failed, ...reasonsFor(error).map((reason) => reasonIn(words, reason))].join(" ");
    app.replaceChildren(told);
  },
);
