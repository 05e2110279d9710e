import { correctionKeys } from "../../corrections/keys.ts";
import { keyMap } from "../../player/keys.ts";
import { useApp } from "../../ui/app-context.ts";
import { Dialog } from "../../ui/parts.tsx";

/** All keys, and the switch that WCAG 2.2 asks for where single keys do something (2.1.4). */
export function KeyHelp({
  isOpen,
  close,
  usesKeys,
  chooseKeys,
}: {
  isOpen: boolean;
  close: () => void;
  usesKeys: boolean;
  chooseKeys: (use: boolean) => void;
}) {
  const { text } = useApp();
  return (
    <Dialog isOpen={isOpen} onClose={close} title={text.keys.title}>
      <label className="inline">
        <input type="checkbox" checked={usesKeys} onChange={({ target }) => chooseKeys(target.checked)} aria-describedby="single-help" />
        {text.keys.single}
      </label>
      <p className="soft" id="single-help">
        {text.keys.singleHelp}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.keys.key}</th>
            <th scope="col">{text.keys.does}</th>
          </tr>
        </thead>
        <tbody>
          {keyMap.map(([command, keys]) => (
            <tr key={command}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{text.commands[command]}</td>
            </tr>
          ))}
          {correctionKeys.map(([command, keys]) => (
            <tr key={command}>
              <td>
                <kbd>{keys}</kbd>
              </td>
              <td>{text.correct.does(text.correct.commands[command])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <button type="button" onClick={close}>
          {text.close}
        </button>
      </p>
    </Dialog>
  );
}
