import ArgumentParser

/// The script that the argument parser generates, with what it does not do: names and files together.
///
/// Wherever names are asked of lmon itself (`@last`, `sample:sqs`), a file may stand as well.
enum CompletionScript {
    static func text(for shell: Completions.Shell) -> String {
        switch shell {
        case .bash: self.bash
        case .zsh: self.zsh
        case .fish: self.fish
        }
    }

    /// bash takes `@` and `:` for the ends of words, so words with them are completed by themselves.
    private static var bash: String {
        let script = Lmon.completionScript(for: .bash)
            .replacing(
                "\"$(__lmon_cursor_index_in_current_word)\")\"\n",
                with: "\"$(__lmon_cursor_index_in_current_word)\")\"\n            __lmon_add_completions -f\n"
            )
            .replacing("complete -o filenames -F _lmon lmon\n", with: "")
        return script + """

            _lmon_words() {
                local word="${COMP_LINE:0:${COMP_POINT}}" name
                word="${word##*[[:space:]]}"
                case "${word}" in
                @* | sample:*)
                    local head="${word%"${word##*[@:]}"}"
                    COMPREPLY=()
                    while IFS='' read -r name; do
                        [[ "${name}" = "${word}"* ]] && COMPREPLY+=("${name#"${head}"}")
                    done < <("${COMP_WORDS[0]}" completions bash --names)
                    ;;
                *) _lmon "${@}" ;;
                esac
            }

            complete -o filenames -F _lmon_words lmon

            """
    }

    private static var zsh: String {
        Lmon.completionScript(for: .zsh)
            .replacing(
                "__lmon_complete \"${completions[@]:0:-1}\"\n    fi\n",
                with: "__lmon_complete \"${completions[@]:0:-1}\"\n    fi\n    _files\n"
            )
    }

    private static var fish: String {
        Lmon.completionScript(for: .fish)
            .replacing(
                "    command $tokens[1] $argv $tokens\nend\n",
                with: "    command $tokens[1] $argv $tokens\n    __fish_complete_path (commandline -ct)\nend\n"
            )
            // fish 3 does not tell the cursor's place among tokens.
            .replacing("(__lmon_tokens -tC)", with: "(string length -- (commandline -ct))")
    }
}
